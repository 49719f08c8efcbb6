"""What a provider is asked for: its models as data, the prompt, the pictures, the price."""
