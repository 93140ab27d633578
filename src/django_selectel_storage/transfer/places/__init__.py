"""What files are moved from and to: containers, folders, other Django storages; ``find`` tells which one is meant."""
