using System.Text;
using RustyRail.Contract.Json;

namespace Dataplane.Tests.Contract.Json;

public sealed class ObjectBinderTests
{
    [Fact]
    public void Values_of_every_kind_are_read()
    {
        ObjectBinder node = Bind("{ \"text\": \"a\\u00e9\", \"flag\": true, \"number\": -3, \"time\": \"150ms\", \"list\": [1, 2], \"inner\": { \"flag\": false } }", out LocatedErrors errors);

        Assert.Equal(("aé", true, -3, TimeSpan.FromMilliseconds(150)), (node.Text("text"), node.Flag("flag", false), node.Number("number", 0), node.Duration("time", default)));
        Assert.Equal(["1", "2"], node.Items("list").Select(item => item.Text));
        Assert.False(node.Section("inner", ["flag"])!.Flag("flag", true));
        Assert.Equal(0, errors.Count);
    }

    [Fact]
    public void Absent_keys_give_the_fallback_and_no_error()
    {
        ObjectBinder node = Bind("{}", out LocatedErrors errors);

        Assert.Equal((null, true, 7, TimeSpan.FromHours(1)), (node.Text("text"), node.Flag("flag", true), node.Number("number", 7), node.Duration("time", TimeSpan.FromHours(1))));
        Assert.Empty(node.Items("list"));
        Assert.Null(node.Section("inner", []));
        Assert.Equal(0, errors.Count);
    }

    [Fact]
    public void All_errors_are_kept_each_with_its_line()
    {
        ObjectBinder node = Bind("{\n\"flag\": 1,\n\"number\": 12,\n/* a\ncomment */ \"time\": 5,\n\"lst\": [] }", out LocatedErrors errors);
        node.Flag("flag", false);
        Assert.Equal(3, node.Number("number", 3, 1, 11));
        node.Duration("time", default);
        node.Require("text");

        Assert.Equal(
            [
                "node.json:1: node needs \"text\"",
                "node.json:2: \"flag\" in node must be true or false, not 1",
                "node.json:3: \"number\" in node must be a whole number from 1 to 11, not 12",
                "node.json:5: \"time\" in node must be a duration such as \"150ms\", \"2s\" or \"1m\", not 5",
                "node.json:6: unknown key \"lst\" in node (did you mean \"list\"?)",
            ],
            errors.InFileOrder().Select(error => error.ToString()));
    }

    [Fact]
    public void Asking_for_a_key_that_is_not_declared_is_a_mistake_of_the_program() =>
        Assert.Throws<ArgumentException>(() => Bind("{}", out _).Text("other"));

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("150ms", 150)]
    [InlineData("2s", 2000)]
    [InlineData("90s", 90_000)]
    [InlineData("1m", 60_000)]
    [InlineData("2h", 7_200_000)]
    public void Durations_are_read_and_written_alike(string text, int milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.Equal(text, DurationText.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("2")]
    [InlineData("-2s")]
    [InlineData("1.5s")]
    [InlineData("2 s")]
    [InlineData("99999999999s")]
    [InlineData("1d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("wieght", " (did you mean \"weight\"?)")]
    [InlineData("Weight", " (did you mean \"weight\"?)")]
    [InlineData("adress", " (did you mean \"address\"?)")]
    [InlineData("name", "")]
    [InlineData("", "")]
    public void Near_words_are_suggested(string written, string hint) => Assert.Equal(hint, NearestWord.Hint(written, ["weight", "address", "via"]));

    private static ObjectBinder Bind(string text, out LocatedErrors errors)
    {
        errors = new LocatedErrors("node.json");
        LocatedValue? root = LocatedJson.Parse(Encoding.UTF8.GetBytes(text), errors);
        return new ObjectBinder(root!, "node", ["text", "flag", "number", "time", "list", "inner"], errors);
    }
}
