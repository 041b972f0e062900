"""The image example beside exifr, the JavaScript that most take for this, and beside a plain read of R2."""

#: The contestants.
EXAMPLE, OTHER, PLAIN = "generated", "exifr", "plain read"
