using System.Text;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Commands;

namespace ControlPlane.Tests.Commands;

public sealed class BackendNamesTests
{
    private static readonly CatalogueSpec OnePool = Parse("""{ "pools": { "web": { "backends": [ { "name": "s1", "address": "192.0.2.11" } ] } } }""");

    private static readonly CatalogueSpec TwoPools = Parse("""
        { "pools": {
            "mail": { "backends": [ { "name": "s1", "address": "192.0.2.11" } ] },
            "web": { "backends": [ { "name": "s1", "address": "192.0.2.11" }, { "name": "s2", "address": "192.0.2.12" } ] } } }
        """);

    [Fact]
    public void A_full_name_needs_no_catalogue() => Assert.Equal(new BackendId(new PoolId("web"), "s9"), BackendNames.Split("web/s9"));

    [Theory]
    [InlineData("web/")]
    [InlineData("/s1")]
    [InlineData("a/b/c")]
    public void What_is_neither_is_refused(string written) =>
        Assert.Equal($"\"{written}\" is not POOL/NAME", Assert.Throws<OperatorException>(() => BackendNames.Split(written)).Message);

    [Fact]
    public void A_bare_name_means_the_only_backend_that_has_it() => Assert.Equal(new BackendId(new PoolId("web"), "s2"), BackendNames.Existing(TwoPools, "s2"));

    [Fact]
    public void An_ambiguous_name_is_refused_with_what_it_could_mean() =>
        Assert.Equal("backend \"s1\" is ambiguous: say mail/s1 or web/s1", Assert.Throws<OperatorException>(() => BackendNames.Existing(TwoPools, "s1")).Message);

    [Fact]
    public void An_unknown_name_is_refused() =>
        Assert.Equal("backend \"s3\": there is none of that name", Assert.Throws<OperatorException>(() => BackendNames.Existing(TwoPools, "s3")).Message);

    [Fact]
    public void A_new_backend_goes_to_the_only_pool()
    {
        Assert.Equal(new BackendId(new PoolId("web"), "s2"), BackendNames.New(OnePool, "s2"));
        Assert.Equal("backend \"s3\": there are 2 pools; say POOL/s3", Assert.Throws<OperatorException>(() => BackendNames.New(TwoPools, "s3")).Message);
    }

    private static CatalogueSpec Parse(string text) => SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "test", SpecificationLimits.Default).Spec!;
}
