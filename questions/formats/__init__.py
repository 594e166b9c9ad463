"""The formats of question files, each a reader and a writer behind one interface (`base.Format`). Pure."""
