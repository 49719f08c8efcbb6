"""Who a clause of another language is about, and whose what is."""
