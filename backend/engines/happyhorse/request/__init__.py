"""What a request asks of the engine: settings, the prompt, the still. No torch."""
