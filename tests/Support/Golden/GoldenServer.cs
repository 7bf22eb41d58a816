using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>A backend on the network that <c>replay</c> makes up: its MAC is 02:01 and the last four bytes of its address.</summary>
internal sealed record GoldenServer(string Name, string Address)
{
    public static ImmutableArray<GoldenServer> Four { get; } = [.. Enumerable.Range(1, 5).Select(n => new GoldenServer($"server{n}", $"192.168.137.{10 + n}"))];

    public static ImmutableArray<GoldenServer> Six { get; } = [.. Enumerable.Range(1, 5).Select(n => new GoldenServer($"six{n}", $"2001:db8:137::{10 + n}"))];

    public static GoldenServer Four1 => Four[0];
    public static GoldenServer Six1 => Six[0];

    public static ImmutableArray<GoldenServer> EitherFamily { get; } = [Four1, Six1];

    public bool IsIpv6 => IPAddress.Parse(Address).AddressFamily == AddressFamily.InterNetworkV6;

    public string Mac => $"02:01:{string.Join(':', IPAddress.Parse(Address).GetAddressBytes()[^4..].Select(part => $"{part:x2}"))}";

    public static GoldenServer Named(string name) => Four.Concat(Six).Single(server => server.Name == name);

    /// <summary>As an entry of a pool's backends in services.json.</summary>
    public string Json => $$"""{ "name": "{{Name}}", "address": "{{Address}}" }""";
}
