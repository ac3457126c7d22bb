"""Score models: samples in, Pass@k with an interval out."""
