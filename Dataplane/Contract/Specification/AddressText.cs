using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RustyRail.Contract.Specification;

/// <summary>
/// Addresses and prefixes as operators write them, read strictly: the platform's parser also takes "10.1", "1", "010.0.0.1" and scope ids,
/// each of which would name another address than the reader thinks.
/// </summary>
public static class AddressText
{
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(text, out IPAddress? parsed)) return false;
        bool isStrict = parsed.AddressFamily == AddressFamily.InterNetwork
            ? parsed.ToString() == text
            : !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal);
        if (isStrict) address = parsed;
        return isStrict;
    }

    /// <summary>An address (a prefix of full length) or <c>address/length</c>; bits beyond the length must be zero.</summary>
    public static bool TryParsePrefix(string text, out IPNetwork prefix, out string problem)
    {
        prefix = default;
        string[] parts = text.Split('/');
        problem = $"\"{text}\" is neither an IP address nor a prefix";
        if (parts.Length > 2 || !TryParse(parts[0], out IPAddress address)) return false;
        int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int length = bits;
        if (parts.Length == 2)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"\"{text}\": a prefix length is a whole number from 0 to {bits}");
            if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits) return false;
        }

        IPAddress network = Masked(address, length);
        problem = $"\"{text}\" has bits set beyond its length; the prefix is {network}/{length.ToString(CultureInfo.InvariantCulture)}";
        if (!network.Equals(address)) return false;
        prefix = new IPNetwork(network, length);
        return true;
    }

    /// <summary>An address without <c>/32</c>, a prefix with its length.</summary>
    public static string Format(IPNetwork prefix) => prefix.PrefixLength == prefix.BaseAddress.GetAddressBytes().Length * 8 ? prefix.BaseAddress.ToString() : prefix.ToString();

    private static IPAddress Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
