using System.Net;
using System.Net.NetworkInformation;

namespace RustyRail.Dataplane.Host.Generate;

/// <param name="Device">Frames leave by it and come back to it.</param>
/// <param name="To">The balancer's MAC address; null: it is asked for.</param>
/// <param name="Form">As a router sends to the balancer, or as a client does.</param>
/// <param name="Vip">Where the flows go, with the port.</param>
/// <param name="IsUdp">Otherwise TCP.</param>
/// <param name="Flows">Different sources; every packet draws one.</param>
/// <param name="FrameBytes">From MAC addresses to the last byte, without check sequence; null: the least that the form takes.</param>
/// <param name="PacketsPerSecond">Null: as many as go.</param>
/// <param name="Duration">At most.</param>
/// <param name="Packets">At most; null: until the time is over.</param>
/// <param name="Router">Outer source of GRE; null: the device's address towards the balancer.</param>
/// <param name="Balancer">Outer destination of GRE, and whose MAC address is asked for.</param>
/// <param name="ShowsLatency">Round-trip times are printed.</param>
internal sealed record GenerateOptions(
    string Device,
    PhysicalAddress? To,
    GenerateForm Form,
    IPEndPoint Vip,
    bool IsUdp,
    int Flows,
    int? FrameBytes,
    long? PacketsPerSecond,
    TimeSpan Duration,
    long? Packets,
    IPAddress? Router,
    IPAddress Balancer,
    bool ShowsLatency)
{
    public const int MostFlows = 8_000_000, MostSeconds = 86_400;
    public const long MostPacketsPerSecond = 100_000_000;

    /// <summary>The lab's own, so that nothing needs to be said there.</summary>
    public static GenerateOptions Usual { get; } = new("eth0", null, GenerateForm.Gre, new IPEndPoint(IPAddress.Parse("10.1.0.1"), 80), IsUdp: false, 1024, null, null,
        TimeSpan.FromSeconds(10), null, null, IPAddress.Parse("192.168.137.188"), ShowsLatency: false);
}

internal enum GenerateForm { Gre, Plain }
