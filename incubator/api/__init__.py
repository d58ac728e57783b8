"""The partner API: the machinery of the contract, and under `v1/` one short module per resource.

Layer: the roof, beside home and reports. A request passes `middleware.ApiGate`, then `endpoints.Endpoint`, then the
resource's own few lines. Every answer that is not 2xx or 304 is a problem document (RFC 9457).
"""
