// Whoever opens a connection says where to, so the notation comes with the transports.
@_exported public import struct BINWire.BINEndpoint
