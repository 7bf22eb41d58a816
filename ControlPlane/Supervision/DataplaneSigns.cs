using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Contract.Region;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>What the region shows of the dataplane at one moment.</summary>
/// <param name="Held">Somebody holds the dataplane's lock: the truth about who is alive. All else is what it wrote of itself.</param>
/// <param name="HeartbeatAge">Since the slowest worker's last loop turn, or since the start for one that has had none.</param>
internal readonly record struct DataplaneSigns(bool Held, int Pid, int Workers, string Device, string Port, string Note, TimeSpan HeartbeatAge)
{
    /// <summary>A worker sleeps for less than a second at a time.</summary>
    public static TimeSpan FreshAge { get; } = TimeSpan.FromSeconds(2);

    public bool IsFresh => Held && Workers > 0 && HeartbeatAge < FreshAge;

    public static unsafe DataplaneSigns Read(RegionFile region)
    {
        RegionView view = new(region);
        DataplaneIdentity* identity = &view.Header->Dataplane;
        int workers = Math.Clamp(identity->Workers, 0, region.Capacities.Workers);
        long oldest = long.MaxValue;
        for (int worker = 0; worker < workers; worker++)
        {
            // The line may still show a predecessor's last turn.
            oldest = Math.Min(oldest, Math.Max(identity->StartedAt, Volatile.Read(ref view.Reader(worker)->Heartbeat)));
        }

        TimeSpan age = workers == 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(Math.Max(0, RegionFile.Now - oldest));
        return new DataplaneSigns(
            region.IsHeld(RegionRole.Dataplane), identity->Pid, workers, Text(identity->Device), Text(identity->Port), Text(identity->Note), age);
    }

    // Zero-terminated by its writer: the fields are cleared before they are filled.
    private static unsafe string Text(byte* field) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(field));
}
