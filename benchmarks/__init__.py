"""What is measured: the loads by both ways in, and the circle, on populations of any size."""
