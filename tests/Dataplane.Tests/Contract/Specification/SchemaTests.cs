using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RustyRail.Contract.Json;
using RustyRail.Contract.Specification;

namespace Dataplane.Tests.Contract.Specification;

/// <summary>docs/services.schema.json says what the parser does.</summary>
public sealed class SchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllBytes(SchemaPath())).RootElement;

    public static TheoryData<string, ImmutableArray<string>> Objects { get; } = new()
    {
        { "", SpecificationKeys.Root },
        { "pool", SpecificationKeys.Pool },
        { "health", SpecificationKeys.Health },
        { "backend", SpecificationKeys.Backend },
        { "service", SpecificationKeys.Service },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void Every_object_has_the_keys_of_the_parser_and_no_others(string definition, ImmutableArray<string> keys)
    {
        JsonElement description = Definition(definition);

        Assert.Equal(keys.Order(), description.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
        Assert.False(description.GetProperty("additionalProperties").GetBoolean());
    }

    [Fact]
    public void Every_word_list_is_that_of_the_parser()
    {
        AssertWords("pool", "onTooFew", SpecificationWords.OnTooFew);
        AssertWords("health", "type", SpecificationWords.Checks);
        AssertWords("health", "via", SpecificationWords.ProbePaths);
        AssertWords("backend", "state", SpecificationWords.States);
        AssertWords("service", "protocol", SpecificationWords.Protocols);
        AssertWords("service", "send", SpecificationWords.SendForms);
        AssertWords("service", "affinity", SpecificationWords.Affinities);
    }

    [Fact]
    public void Defaults_and_bounds_are_those_of_the_parser()
    {
        Assert.Equal(PoolSpec.DefaultTableSize, Key("pool", "tableSize").GetProperty("default").GetInt32());
        Assert.Equal(SpecificationLimits.MinTableSize, Key("pool", "tableSize").GetProperty("minimum").GetInt32());
        Assert.Equal(SpecificationLimits.MaxTableSize, Key("pool", "tableSize").GetProperty("maximum").GetInt32());
        Assert.Equal(PoolSpec.DefaultMinHealthy, Key("pool", "minHealthy").GetProperty("default").GetInt32());
        Assert.Equal(BackendSpec.DefaultWeight, Key("backend", "weight").GetProperty("default").GetInt32());
        Assert.Equal(BackendSpec.MaxWeight, Key("backend", "weight").GetProperty("maximum").GetInt32());
        Assert.Equal(DurationText.Format(HealthSpec.None.Interval), Key("health", "interval").GetProperty("default").GetString());
        Assert.Equal(DurationText.Format(HealthSpec.None.Timeout), Key("health", "timeout").GetProperty("default").GetString());
        Assert.Equal(HealthSpec.None.Rise, Key("health", "rise").GetProperty("default").GetInt32());
        Assert.Equal(HealthSpec.None.Fall, Key("health", "fall").GetProperty("default").GetInt32());
        Assert.Equal(OverlaySpec.MaxVni, Key("service", "vni").GetProperty("maximum").GetInt32());
        Assert.Equal(MacText.Format(OverlaySpec.DefaultSource), Key("service", "innerSourceMac").GetProperty("default").GetString());
        Assert.Equal(ServiceSpec.MinMssClamp, Key("service", "mssClamp").GetProperty("minimum").GetInt32());
        Assert.Equal(ServiceSpec.MaxMssClamp, Key("service", "mssClamp").GetProperty("maximum").GetInt32());
        Assert.Equal(HealthRules.MaxCount, Key("health", "fall").GetProperty("maximum").GetInt32());
    }

    private static void AssertWords<T>(string definition, string key, WordTable<T> words) where T : struct, Enum =>
        Assert.Equal(words.Words.Order(), Key(definition, key).GetProperty("enum").EnumerateArray().Select(word => word.GetString()!).Order());

    private static JsonElement Key(string definition, string key) => Definition(definition).GetProperty("properties").GetProperty(key);

    private static JsonElement Definition(string name) => name.Length == 0 ? Schema : Schema.GetProperty("$defs").GetProperty(name);

    private static string SchemaPath([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../../docs/services.schema.json");
}
