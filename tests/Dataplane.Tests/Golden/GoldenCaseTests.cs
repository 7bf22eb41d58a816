using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>Each case of the table alone, on a balancer that has seen nothing else.</summary>
public sealed class GoldenCaseTests
{
    public static TheoryData<string> Names => [.. GoldenTable.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void As_the_table_says(string name)
    {
        GoldenCase one = GoldenTable.Named(name);
        using GoldenBalancer balancer = new(one.Catalogue);
        Assert.Null(balancer.Problem(one));
    }
}
