"""The one door to every engine: it chooses, meters and cancels. No prompt is written here."""
