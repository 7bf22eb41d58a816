using RustyRail.Contract.Region;

namespace Dataplane.Tests.Contract.Region;

public sealed class ReasonTests
{
    // Scripts, dashboards and the region's counters rely on names and numbers: new ones come at the end.
    [Fact]
    public void Names_and_numbers_are_a_contract()
    {
        string[] names =
        [
            "none", "runt", "badLength", "badChecksum", "badHeader", "fragmentUnknown", "greUnsupported", "sourceNotAllowed",
            "noService", "noBackend", "noNextHop", "tooBig", "ttlExpired", "rateLimited", "txFull", "hostFull",
        ];
        Assert.Equal(names, Enum.GetValues<Reason>().Take(names.Length).Select(reason => reason.Name()));
        Assert.Equal(Enumerable.Range(0, Enum.GetValues<Reason>().Length), Enum.GetValues<Reason>().Select(reason => (int)reason));
        Assert.Equal(ReasonNames.Count, Enum.GetValues<Reason>().Length);
        Assert.InRange(ReasonNames.Count, names.Length, WorkerCounterBlock.MaxReasons);
    }
}
