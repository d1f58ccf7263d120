"""How pages look: templates, the style sheet, the words for times and numbers, and charts. No page stands here."""
