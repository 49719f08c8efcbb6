"""What is seen of the service while it works: numbers for Prometheus, what runs where, and a page that shows it."""
