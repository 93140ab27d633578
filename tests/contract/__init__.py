"""What a storage promises, on each of its faces, over real HTTP to real Swift."""
