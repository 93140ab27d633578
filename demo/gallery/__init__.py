"""The site: a gallery of pictures. An ordinary Django app; only `context` asks the storage what it is."""
