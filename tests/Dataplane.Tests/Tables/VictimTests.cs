using System.Runtime.Intrinsics;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Tables;

namespace Dataplane.Tests.Tables;

public sealed class VictimTests
{
    private static readonly FlowClock Now = FlowClock.At(1_000_000_000);

    [Fact]
    public void It_is_chosen_as_the_rule_says_from_any_two_buckets()
    {
        Random random = new(1);
        for (int i = 0; i < 200_000; i++)
        {
            uint free = (uint)random.Next(256) & (uint)random.Next(256) & (uint)random.Next(256);
            FlowMeta[] metas = [.. Enumerable.Range(0, 2 * Victim.Places).Select(place => Drawn(random, mayBeFree: (free >> place & 1) != 0))];
            int chosen = Victim.Choose(Vector256.Create(metas.Select(meta => meta.Word).ToArray()), Now, out bool displaced);
            Assert.Equal((Expected(metas, out bool expected), expected), (chosen, displaced));
        }
    }

    [Fact]
    public void A_place_that_is_none_is_never_chosen()
    {
        uint none = Victim.NoPlace(Now);
        for (int only = 0; only < 2 * Victim.Places; only++)
        {
            FlowMeta living = FlowMeta.Of(1, FlowClass.Tcp, Now.Now - 1, FlowState.Established);
            Vector256<uint> metas = Vector256.Create(none).WithElement(only, living.Word);
            Assert.Equal(only, Victim.Choose(metas, Now, out bool displaced));
            Assert.True(displaced);
            Assert.Equal(only, Victim.Choose(metas.WithElement(only, 0u), Now, out displaced));
            Assert.False(displaced);
        }
    }

    private static FlowMeta Drawn(Random random, bool mayBeFree)
    {
        FlowClass[] classes = mayBeFree ? Enum.GetValues<FlowClass>() : [FlowClass.Tcp, FlowClass.Udp, FlowClass.Other];
        return FlowMeta.Of(random.Next(16384), classes[random.Next(classes.Length)], Now.Now - (uint)random.Next(mayBeFree ? 4096 : 12), (FlowState)random.Next(3));
    }

    private static int Expected(FlowMeta[] metas, out bool displaced)
    {
        bool IsFree(int place) => metas[place].Class == FlowClass.Empty || Now.IsExpired(metas[place]);
        int[] free = [.. Enumerable.Range(0, metas.Length).Where(IsFree)];
        int inSecond = free.Count(place => place >= Victim.Places), inFirst = free.Length - inSecond;
        displaced = free.Length == 0;
        return displaced
            ? Enumerable.Range(0, metas.Length).OrderByDescending(place => metas[place].State == FlowState.Opening).ThenByDescending(place => Now.AgeOf(metas[place])).First()
            : free.First(place => place >= Victim.Places == inSecond > inFirst);
    }
}
