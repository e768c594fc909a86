"""Translation between English, Chinese in both scripts and written Cantonese, segment by segment.

Every segment is checked against its source; what fails is shown beside it. A person accepts segments;
accepted ones feed the translation memory. Here stand the checks, the work with the model, what is kept
of a translation, and its files; the memory is in `memory/`.
"""
