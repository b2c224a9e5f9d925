"""What a run costs, beside the tools that people would use instead: whole processes, one TLS server, one machine."""
