using System.Net;

namespace RustyRail.Tests.Support.Packets;

/// <summary>Options of RFC 791 section 3.1, RFC 2113: to be put one behind the other; the header fills up to a word by itself.</summary>
public static class Ipv4Option
{
    public static byte[] NoOperation => [1];

    /// <summary>Room for that many addresses, none recorded yet.</summary>
    public static byte[] RecordRoute(int slots) => [7, (byte)(3 + (4 * slots)), 4, .. new byte[4 * slots]];

    public static byte[] Timestamps(int slots) => [68, (byte)(4 + (4 * slots)), 5, 0, .. new byte[4 * slots]];

    public static byte[] RouterAlert => [148, 4, 0, 0];

    /// <summary>Its last hop is reached: the pointer stands behind the list.</summary>
    public static byte[] LooseSourceRoute(params string[] hops) =>
        [131, (byte)(3 + (4 * hops.Length)), (byte)(4 + (4 * hops.Length)), .. hops.SelectMany(hop => IPAddress.Parse(hop).GetAddressBytes())];
}
