"""What the worker is measured against: other ways to hear a topic and write the same rows, each as one process."""
