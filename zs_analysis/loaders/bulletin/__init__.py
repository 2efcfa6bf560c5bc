"""Statistical bulletins, as Excel, Word, saved pages or text, to tidy observations."""
