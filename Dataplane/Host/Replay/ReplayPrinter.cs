using System.Text.Json;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Dataplane.Host.Replay;

/// <summary>One line per packet; without JSON also a sum at the end.</summary>
internal sealed unsafe class ReplayPrinter(Forwarder forwarder, bool json) : IDisposable
{
    private readonly StreamWriter _out = new(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    private readonly SortedDictionary<string, long> _sums = new(StringComparer.Ordinal);
    private long _number;

    public void Print(in PacketWork packet)
    {
        _number++;
        string verdict = packet.Verdict.Name();
        string? reason = packet.Verdict == Verdict.Forwarded ? null : packet.Reason.Name();
        SnapshotView snapshot = forwarder.Reader.Current;
        string? service = packet.Service >= 0 ? SnapshotView.Text(snapshot.ServiceNames + packet.Service) : null;
        string? backend = packet.Backend >= 0 ? SnapshotView.Text(snapshot.BackendNames + packet.Backend) : null;
        if (json) PrintJson(verdict, reason, service, backend);
        else _out.WriteLine($"{_number,6}  {verdict,-9}  {reason ?? "-",-16}  {service ?? "-"} -> {backend ?? "-"}");
        string sum = reason is null ? verdict : $"{verdict} {reason}";
        _sums[sum] = _sums.GetValueOrDefault(sum) + 1;
    }

    private void PrintJson(string verdict, string? reason, string? service, string? backend)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            writer.WriteNumber("n", _number);
            writer.WriteString("verdict", verdict);
            writer.WriteString("reason", reason);
            writer.WriteString("service", service);
            writer.WriteString("backend", backend);
            writer.WriteEndObject();
        }

        _out.WriteLine(System.Text.Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length)));
    }

    public void Dispose()
    {
        if (!json)
        {
            foreach ((string what, long count) in _sums) _out.WriteLine($"{count,8}  {what}");
        }

        _out.Dispose();
    }
}
