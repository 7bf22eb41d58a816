using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>Lists in one variable or flag: separated by <c>;</c> as in the first version, or by commas.</summary>
internal static class SettingList
{
    public static ImmutableArray<Setting> Split(Setting list) =>
        [.. list.Text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => list with { Text = text })];
}
