"""What measures the product, and what breaks it on purpose."""
