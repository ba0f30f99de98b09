"""Documents in and out of the house. Nothing of Django.

Import: `reading.read_document` sniffs a file (`sniffing`), opens a package with care (`package`),
makes it ready (`word_document`, `open_document`, `markdown_source`, `web_source`, `plain_text`),
lets pandoc read it in a room of its own (`pandoc`), and walks pandoc's tree into passages
(`passages`). Tracked changes are settled on the XML (`word_changes`); small marks in the words
(`marker`) carry through pandoc what it would drop. `missing_words` compares the words of the file
with those that arrived; everything not kept is in the loss report (`loss`).
"""
