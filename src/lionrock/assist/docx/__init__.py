"""Word documents as segments of text and back, and new ones: pure functions on bytes.

Nothing here knows a tenant, a model or a database.
"""

from lionrock.assist.docx.marks import lost_marks
from lionrock.assist.docx.rebuilding import rebuilt
from lionrock.assist.docx.segments import Kind, Segment, segments

__all__ = ["Kind", "Segment", "lost_marks", "rebuilt", "segments"]
