"""One module for each thing that is measured; each gives figures, and knows nothing of how they are shown."""
