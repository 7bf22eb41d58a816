using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>What must hold of the table itself.</summary>
public sealed class GoldenTableTests
{
    [Fact]
    public void It_is_large_and_no_case_stands_there_twice()
    {
        Assert.True(GoldenTable.All.Length > 900);
        Assert.Equal(GoldenTable.All.Length, GoldenTable.Names.Count());
        string[] twice = [.. GoldenTable.All.GroupBy(one => (one.Catalogue, string.Join(' ', one.Frames.Select(frame => Convert.ToHexString(frame.Input))))).Where(same => same.Count() > 1)
            .Select(same => string.Join(" = ", same.Select(one => one.Name)))];
        Assert.Empty(twice);
    }

    [Fact]
    public void The_same_frame_alone_never_has_two_expectations()
    {
        foreach (IGrouping<(GoldenCatalogue, string), GoldenCase> same in GoldenTable.All.Where(one => one.Frames.Count == 1).GroupBy(one => (one.Catalogue, Convert.ToHexString(one.Frames[0].Input))))
            Assert.Single(same.Select(one => one.Frames[0].Expected.ToString()).Distinct());
    }

    [Fact]
    public void Every_verdict_and_every_reason_of_packets_is_there()
    {
        HashSet<string> seen = [.. GoldenTable.All.SelectMany(one => one.Frames).Select(frame => frame.Expected.ToString())];
        foreach (string wanted in (string[])["forwarded", "host noService", "answered echo", "answered tooBig", "dropped runt", "dropped badLength", "dropped badChecksum", "dropped badHeader",
            "dropped fragmentUnknown", "dropped greUnsupported", "dropped sourceNotAllowed", "dropped noBackend", "dropped tooBig", "dropped ttlExpired"])
            Assert.Contains(wanted, seen);
    }
}
