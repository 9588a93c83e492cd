"""Other libraries' functions over fp4jit, under their own names and signatures."""
