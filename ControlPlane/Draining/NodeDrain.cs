using RustyRail.Actors.Hosting;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Draining;

/// <summary>
/// This node's way out and back. Withdrawing is remembered in the state directory, so that a control plane that crashed does not call traffic back;
/// an orderly stop forgets it: what is started again is meant to serve.
/// </summary>
internal sealed class NodeDrain(StateDirectory state, RegionFile region, ActorSystemIncarnations actors, Pipeline pipeline) : IDisposable
{
    // Longer than leaving takes when a member is out of reach, less than a client's patience.
    private static readonly TimeSpan LeavingLimit = TimeSpan.FromSeconds(12), Look = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly string _marker = Path.Combine(state.Path, "withdrawn");

    public DrainPhase Phase => !File.Exists(_marker) ? DrainPhase.Serving : actors is { IsHeldBack: true, IsRunning: false } ? DrainPhase.Left : DrainPhase.Withdrawn;

    public bool IsWithdrawn => Phase != DrainPhase.Serving;

    /// <summary>Packets, since the region was made.</summary>
    public ulong Forwarded => RegionTraffic.Read(region).Forwarded;

    public void Withdraw() => File.WriteAllBytes(_marker, []);

    /// <summary>False: it still is a member, since it was not withdrawn, is the only one, or leaving has not ended in time.</summary>
    public async Task<(bool Left, string Why)> LeaveAsync()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            return Phase switch
            {
                DrainPhase.Left => (true, ""),
                DrainPhase.Serving => (false, "it has to be withdrawn first"),
                _ => await LeaveClusterAsync(),
            };
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async Task ReturnAsync()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            File.Delete(_marker);
            actors.Release();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>After an orderly stop.</summary>
    public void Forget() => File.Delete(_marker);

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<(bool Left, string Why)> LeaveClusterAsync()
    {
        if ((await pipeline.MembershipAsync()).Members.Length < 2) return (false, "it is the only member of its cluster");
        actors.HoldBack();
        pipeline.LeaveCluster();
        long start = Environment.TickCount64;
        while (actors.IsRunning)
        {
            if (Environment.TickCount64 - start > LeavingLimit.TotalMilliseconds)
            {
                actors.Release();
                return (false, $"leaving has not ended within {LeavingLimit.TotalSeconds:0} s");
            }

            await Task.Delay(Look);
        }

        return (true, "");
    }
}
