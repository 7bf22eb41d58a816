using System.Text;
using RustyRail.Contract.Json;

namespace Dataplane.Tests.Contract.Json;

public class LocatedJsonTests
{
    [Theory]
    [InlineData("{ \"a\": t\"x\" },\n  \"b\": 1,\n \"c\": 2 }")]
    [InlineData("{ \"a\": nul\r\n}")]
    [InlineData("{ \"a\n\": 1 }")]
    public void What_is_not_json_is_one_line_however_much_follows(string text)
    {
        LocatedErrors errors = new("services.json");
        Assert.Null(LocatedJson.Parse(Encoding.UTF8.GetBytes(text), errors));
        LocatedError error = Assert.Single(errors.InFileOrder());
        Assert.StartsWith("services.json:1: not valid JSON: ", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(error.ToString(), char.IsControl);
    }

    [Fact]
    public void A_key_that_would_break_the_line_is_shown_as_an_escape()
    {
        LocatedErrors errors = new("node.json");
        errors.Add(3, "unknown key \"a\nb\"");
        Assert.Equal("node.json:3: unknown key \"a\\u000ab\"", Assert.Single(errors.InFileOrder()).ToString());
    }
}
