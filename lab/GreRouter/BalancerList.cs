using System.Net;

namespace RustyRail.Lab.GreRouter;

/// <summary>The next hops of the router's multipath route, as a file that the lab replaces.</summary>
internal sealed class BalancerList(string path)
{
    private const int LookAgainMilliseconds = 100;
    private DateTime _written;
    private long _nextLook;

    /// <summary>In network byte order, as the outer header takes them: 4 or 16 bytes each.</summary>
    public byte[][] Addresses { get; private set; } = [];

    public void Refresh()
    {
        long now = Environment.TickCount64;
        if (now < _nextLook) return;
        _nextLook = now + LookAgainMilliseconds;
        DateTime written = File.GetLastWriteTimeUtc(path);
        if (written == _written) return;
        _written = written;
        string[] lines = File.ReadAllLines(path);
        Addresses = [.. lines.Where(line => line.Length > 0).Select(line => IPAddress.Parse(line).GetAddressBytes())];
        Console.Out.WriteLine($"gre-router: {Addresses.Length} balancers: {string.Join(' ', lines)}");
    }
}
