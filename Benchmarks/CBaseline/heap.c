#define _GNU_SOURCE  // dl_iterate_phdr, RTLD_DEFAULT
// Counts heap allocations in the unmodified program: while counting is on, calls of `malloc` and related functions go
// through counters, whose addresses replace those that the loader wrote into its tables. The original addresses are
// restored afterwards.
#include "CBaseline.h"

#if defined(__linux__) && defined(__LP64__)

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static _Thread_local bool is_counting;
static _Thread_local baseline_heap counts;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);

static void note(uint64_t *calls, size_t size) {
    if (!is_counting) return;
    *calls += 1;
    counts.bytes += size;
}

static void *counted_malloc(size_t size) {
    note(&counts.allocations, size);
    return real_malloc(size);
}

static void *counted_calloc(size_t count, size_t size) {
    note(&counts.allocations, count * size);
    return real_calloc(count, size);
}

static void *counted_realloc(void *block, size_t size) {
    note(&counts.reallocations, size);
    return real_realloc(block, size);
}

static void *counted_aligned_alloc(size_t alignment, size_t size) {
    note(&counts.allocations, size);
    return real_aligned_alloc(alignment, size);
}

static int counted_posix_memalign(void **block, size_t alignment, size_t size) {
    note(&counts.allocations, size);
    return real_posix_memalign(block, alignment, size);
}

typedef struct {
    const char *name;
    void *real, *counted;
} detour;

enum { DETOURS = 5 };
static detour detours[DETOURS];

static bool find_detours(void) {
    if (detours[0].real != NULL) return true;
    detour found[DETOURS] = {{"malloc", dlsym(RTLD_DEFAULT, "malloc"), (void *)counted_malloc},
                             {"calloc", dlsym(RTLD_DEFAULT, "calloc"), (void *)counted_calloc},
                             {"realloc", dlsym(RTLD_DEFAULT, "realloc"), (void *)counted_realloc},
                             {"aligned_alloc", dlsym(RTLD_DEFAULT, "aligned_alloc"), (void *)counted_aligned_alloc},
                             {"posix_memalign", dlsym(RTLD_DEFAULT, "posix_memalign"), (void *)counted_posix_memalign}};
    for (int i = 0; i < DETOURS; i++) {
        if (found[i].real == NULL) return false;
    }
    memcpy(&real_malloc, &found[0].real, sizeof(void *));
    memcpy(&real_calloc, &found[1].real, sizeof(void *));
    memcpy(&real_realloc, &found[2].real, sizeof(void *));
    memcpy(&real_aligned_alloc, &found[3].real, sizeof(void *));
    memcpy(&real_posix_memalign, &found[4].real, sizeof(void *));
    memcpy(detours, found, sizeof found);
    return true;
}

// The tables may be read-only; they are made read-only again afterwards.
typedef struct {
    bool to_counters;
    uintptr_t sealed_start, sealed_end;  // pages of the object that the loader made read-only
} patching;

static void patch_slot(const patching *how, void **slot, const char *name) {
    for (int i = 0; i < DETOURS; i++) {
        if (strcmp(name, detours[i].name) != 0) continue;
        void *value = how->to_counters ? detours[i].counted : detours[i].real;
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        uintptr_t start = (uintptr_t)slot & ~(page - 1);
        bool is_sealed = start >= how->sealed_start && start < how->sealed_end;
        if (is_sealed && mprotect((void *)start, page, PROT_READ | PROT_WRITE) != 0) return;
        *slot = value;
        if (is_sealed) mprotect((void *)start, page, PROT_READ);
    }
}

static bool is_address_slot(uint64_t type) {
#if defined(__x86_64__)
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
#elif defined(__aarch64__)
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
#else
    (void)type;
    return false;
#endif
}

static int patch_object(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    patching how = *(patching *)context;
    const ElfW(Dyn) *dynamic = NULL;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_DYNAMIC) dynamic = (const void *)start;
        if (header->p_type == PT_GNU_RELRO) {
            how.sealed_start = start & ~(page - 1);
            how.sealed_end = (start + header->p_memsz) & ~(page - 1);
        }
    }
    if (dynamic == NULL) return 0;
    const ElfW(Sym) *symbols = NULL;
    const char *names = NULL;
    struct {
        const ElfW(Rela) *start;
        size_t bytes;
    } tables[2] = {{NULL, 0}, {NULL, 0}};
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        const void *address = (const void *)dynamic->d_un.d_ptr;
        switch (dynamic->d_tag) {
            case DT_SYMTAB: symbols = address; break;
            case DT_STRTAB: names = address; break;
            case DT_JMPREL: tables[0].start = address; break;
            case DT_PLTRELSZ: tables[0].bytes = dynamic->d_un.d_val; break;
            case DT_RELA: tables[1].start = address; break;
            case DT_RELASZ: tables[1].bytes = dynamic->d_un.d_val; break;
        }
    }
    // The loader's own object and the kernel's page contain addresses that the loader did not write.
    if (symbols == NULL || names == NULL || (uintptr_t)symbols < object->dlpi_addr) return 0;
    for (int i = 0; i < 2; i++) {
        for (size_t at = 0; tables[i].start != NULL && at < tables[i].bytes / sizeof(ElfW(Rela)); at++) {
            const ElfW(Rela) *entry = &tables[i].start[at];
            if (!is_address_slot(ELF64_R_TYPE(entry->r_info))) continue;
            const char *name = names + symbols[ELF64_R_SYM(entry->r_info)].st_name;
            patch_slot(&how, (void **)(object->dlpi_addr + entry->r_offset), name);
        }
    }
    return 0;
}

bool baseline_heap_watch(void) {
    if (!find_detours()) return false;
    patching how = {.to_counters = true};
    dl_iterate_phdr(patch_object, &how);
    return true;
}

void baseline_heap_unwatch(void) {
    patching how = {.to_counters = false};
    dl_iterate_phdr(patch_object, &how);
}

void baseline_heap_start(void) {
    memset(&counts, 0, sizeof counts);
    is_counting = true;
}

baseline_heap baseline_heap_stop(void) {
    is_counting = false;
    return counts;
}

#else

bool baseline_heap_watch(void) { return false; }
void baseline_heap_unwatch(void) {}
void baseline_heap_start(void) {}
baseline_heap baseline_heap_stop(void) { return (baseline_heap){0, 0, 0}; }

#endif
