namespace RustyRail.Tests.Support.Reference;

/// <summary>The pseudo-header of RFC 8200 section 8.1 and of RFC 9293 section 3.1.</summary>
internal static class Pseudo
{
    /// <summary>To begin a checksum with.</summary>
    public static uint SumOf(ReadOnlySpan<byte> ip, int length, int protocol)
    {
        uint sum = (uint)(length + protocol);
        ReadOnlySpan<byte> addresses = ip.IsIpv6() ? ip[8..40] : ip[12..20];
        for (int i = 0; i < addresses.Length; i += 2) sum += (uint)addresses.Word(i);
        return sum;
    }
}
