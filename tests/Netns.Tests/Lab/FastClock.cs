using System.Buffers.Binary;

namespace Netns.Tests.Lab;

/// <summary>
/// Sets the time of day of whatever is started while this exists, also when it runs already: a library put before the C library's own answers adds what a
/// mapped file says. How fast time passes, and clocks that only measure it, stay as they are; the kernel has no time of day per namespace.
/// </summary>
internal sealed class FastClock : IDisposable
{
    private const string Preload = "LD_PRELOAD", Offset = "TEST_CLOCK_AHEAD";

    private const string Source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static const volatile long long *ahead;

        __attribute__((constructor)) static void begin(void) {
          const char *path = getenv("TEST_CLOCK_AHEAD");
          int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
          if (file < 0) return;
          void *mapped = mmap(0, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
          if (mapped != MAP_FAILED) ahead = mapped;
          close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
          int result = syscall(SYS_clock_gettime, clock, now);
          if (result == 0 && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *ahead;
          return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
          struct timespec precise;
          if (clock_gettime(CLOCK_REALTIME, &precise) == 0) *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
          return 0;
        }

        time_t time(time_t *where) {
          struct timespec precise;
          clock_gettime(CLOCK_REALTIME, &precise);
          if (where) *where = precise.tv_sec;
          return precise.tv_sec;
        }
        """;

    private static readonly Lazy<string?> _library = new(Build);

    private readonly string _file = Path.Combine(AppContext.BaseDirectory, "fast-clock.seconds");

    public FastClock()
    {
        Skip.If(_library.Value is null, "there is no C compiler (cc) to make a clock with");
        Set(TimeSpan.Zero);
        Environment.SetEnvironmentVariable(Offset, _file);
        Environment.SetEnvironmentVariable(Preload, _library.Value);
    }

    /// <summary>In place: others have it mapped.</summary>
    public void Set(TimeSpan ahead)
    {
        byte[] seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)ahead.TotalSeconds);
        using FileStream file = new(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(seconds);
    }

    /// <summary>What is started from now on has the machine's own time.</summary>
    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Preload, null);
        Environment.SetEnvironmentVariable(Offset, null);
    }

    private static string? Build()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "fast-clock.so");
        try
        {
            Command.Run("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-x", "c", "-o", library, "-"], input: Source).OrFail();
            return library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
