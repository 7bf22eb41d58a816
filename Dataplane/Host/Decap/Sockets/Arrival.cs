namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>What is known of a packet besides its bytes.</summary>
/// <param name="Bytes">Of the buffer in use.</param>
/// <param name="Congestion">The outer header's ECN field.</param>
/// <param name="IsFragment">The kernel has put it together from pieces.</param>
internal readonly record struct Arrival(int Bytes, OuterSource Source, int Congestion, bool IsFragment);
