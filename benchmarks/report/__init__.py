"""What is shown of the figures. Pure: a page and charts come out of a file of figures, and of nothing else."""
