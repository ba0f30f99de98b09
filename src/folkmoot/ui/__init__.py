"""The look: page templates, components, stylesheets, icons and small behaviours.

`docs/guide/look.md` is what writers of pages read.
"""
