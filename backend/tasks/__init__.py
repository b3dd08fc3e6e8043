"""What one person is asked to do by when, whichever room asks: the source of "my day"."""
