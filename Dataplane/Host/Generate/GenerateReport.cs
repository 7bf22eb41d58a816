using System.Globalization;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>What was asked for, what became of it, and whose limit it was.</summary>
internal sealed class GenerateReport(GenerateOptions options, int frameBytes, SendState state, SinkCounts returned, DeviceCounts device)
{
    private const double Near = 0.99;

    /// <summary>Frames that the program made.</summary>
    public long Offered => (long)state.Made;

    /// <summary>Frames that the device did not take.</summary>
    public long Refused => Math.Min(device.Refused, Offered);

    public long Sent => Offered - Refused;

    public long Returned => returned.Frames;

    public long Lost => Sent - Returned;

    public long Overtaken => returned.Overtaken;

    public RoundTrips RoundTrips => returned.RoundTrips;

    public double Seconds => state.Made < 2 ? 0 : (state.Last - state.Begun) / 1e9;

    public double OfferedPerSecond => Seconds > 0 ? (Offered - 1) / Seconds : 0;

    public double ReturnedPerSecond => returned.Frames > 1 ? (returned.Frames - 1) * 1e9 / Math.Max(1, returned.Last - returned.First) : 0;

    public bool WasLimit => options.PacketsPerSecond is { } wanted && OfferedPerSecond < Near * wanted;

    /// <summary>What the operator should know besides.</summary>
    public string? Hint => Offered > 0 && Returned == 0 && device.Sent == 0
        ? $"{options.Device} took no frame: the other end of a veth must have an XDP program or GRO on (ethtool -K DEV gro on)"
        : null;

    public string ToText() => string.Join('\n', Lines());

    public string ToJson()
    {
        string wanted = options.PacketsPerSecond is { } rate ? rate.ToString(CultureInfo.InvariantCulture) : "null";
        RoundTrips trips = RoundTrips;
        string latency = !options.ShowsLatency ? "" : string.Create(CultureInfo.InvariantCulture,
            $$""","latencyNs":{"p50":{{trips.Quantile(0.5)}},"p99":{{trips.Quantile(0.99)}},"p999":{{trips.Quantile(0.999)}},"p9999":{{trips.Quantile(0.9999)}},"max":{{trips.Longest}}}""");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"device":"{{options.Device}}","form":"{{Form}}","protocol":"{{Protocol}}","vip":"{{options.Vip}}","flows":{{options.Flows}},"frameBytes":{{frameBytes}},"seconds":{{Seconds:F3}},"wantedPps":{{wanted}},"offeredPps":{{OfferedPerSecond:F0}},"generatorWasLimit":{{(WasLimit ? "true" : "false")}},"offered":{{Offered}},"refused":{{Refused}},"sent":{{Sent}},"returned":{{Returned}},"returnedBytes":{{returned.TotalBytes}},"returnedPps":{{ReturnedPerSecond:F0}},"lost":{{Lost}},"lostPercent":{{LostPercent:F4}},"overtaken":{{Overtaken}}{{latency}}}
            """);
    }

    private string Form => options.Form == GenerateForm.Gre ? "gre" : "plain";

    private string Protocol => options.IsUdp ? "udp" : "tcp";

    private double LostPercent => Sent > 0 ? 100.0 * Lost / Sent : 0;

    private IEnumerable<string> Lines()
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        yield return string.Create(c, $"{options.Device}: {Form}, {Protocol} to {options.Vip}, {options.Flows} flows, frames of {frameBytes} bytes, {Seconds:F2} s");
        if (options.PacketsPerSecond is { } wanted)
        {
            yield return string.Create(c, $"wanted    {wanted / 1e6,12:F4} Mpps");
            yield return string.Create(c, $"offered   {OfferedPerSecond / 1e6,12:F4} Mpps{(WasLimit ? ": the generator itself was the limit" : "")}");
        }

        if (Refused > 0) yield return string.Create(c, $"refused   {Refused,12} by {options.Device} itself, whose queue was full: not counted as sent");
        yield return string.Create(c, $"sent      {Sent,12}   {(Seconds > 0 ? Sent / Seconds / 1e6 : 0):F4} Mpps");
        yield return string.Create(c, $"returned  {Returned,12}   {ReturnedPerSecond / 1e6:F4} Mpps");
        yield return string.Create(c, $"lost      {Lost,12}   {LostPercent:F4} %");
        yield return string.Create(c, $"overtaken {Overtaken,12}   within their flow");
        if (!options.ShowsLatency || Returned == 0) yield break;
        RoundTrips trips = RoundTrips;
        yield return string.Create(c, $"round trip: p50 {Us(trips.Quantile(0.5))}, p99 {Us(trips.Quantile(0.99))}, p99.9 {Us(trips.Quantile(0.999))}, p99.99 {Us(trips.Quantile(0.9999))}, longest {Us(trips.Longest)}");
    }

    private static string Us(long nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:F1} us");
}
