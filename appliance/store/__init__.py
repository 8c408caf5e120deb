"""What must outlive a crash: settings, call records, voicemail, short messages. One writer thread, many readers."""
