using RustyRail.Contract.Snapshots;

namespace Dataplane.Tests.Contract.Snapshots;

public sealed class MatchTablesTests
{
    // Operators take neighbouring addresses and the same few ports: exactly those must not fall into one another's place.
    [Theory]
    [InlineData(1024, 1)]
    [InlineData(256, 4)]
    [InlineData(1, 1024)]
    public void Neighbouring_services_spread_over_the_table(int addresses, int ports)
    {
        const int Slots = 4096;
        int[] byService = new int[Slots], byVip = new int[Slots];
        for (int i = 0; i < addresses; i++)
        {
            IpKey vip = IpKey.From(new System.Net.IPAddress([10, 1, (byte)(i / 256), (byte)i]));
            byVip[SnapshotView.VipHash(vip) % Slots]++;
            for (int port = 0; port < ports; port++) byService[SnapshotView.ExactHash(vip, 6, (ushort)((8000 + port) << 8 | (8000 + port) >> 8)) % Slots]++;
        }

        // A quarter full: a fair hash puts 5 or 6 of 1024 in the fullest place.
        Assert.InRange(byService.Max(), 1, 8);
        if (addresses > 1) Assert.InRange(byVip.Max(), 1, 8);
    }
}
