"""The whole story in Chromium, chapter after chapter, on one running park: apply, screen, review, decide, disclose, introduce."""
