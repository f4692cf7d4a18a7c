"""The network below everything: sockets with a deadline, ports, proxies, requests to providers."""
