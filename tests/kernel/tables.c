// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Compares the kernel's tables with the generated ones, which were compiled with
 * other names: entry by entry, and as the kernel's look-ups see all encodings.
 * Every difference is a line of its own.
 */
#include <stdio.h>

#include "tables.h"

struct evmcs_field {
	unsigned short offset;
	unsigned short clean_field;
};

extern const unsigned short vmcs12_field_offsets[], our_vmcs12_field_offsets[];
extern const unsigned int nr_vmcs12_fields, our_nr_vmcs12_fields;
extern const struct evmcs_field vmcs_field_to_evmcs_1[], our_vmcs_field_to_evmcs_1[];
extern const unsigned int nr_evmcs_1_fields, our_nr_evmcs_1_fields;

/* The kernel's index, and its rule that offset 0 is not a field. */
static unsigned int index_of(unsigned int encoding)
{
	return (encoding << 6 | encoding >> 10) & 0xffff;
}

static int our_vmcs12_offset(unsigned int encoding)
{
	unsigned int index = index_of(encoding);

	return index < our_nr_vmcs12_fields ? our_vmcs12_field_offsets[index] : 0;
}

static struct evmcs_field our_evmcs_field(unsigned int encoding)
{
	static const struct evmcs_field none;
	unsigned int index = index_of(encoding);

	return index < our_nr_evmcs_1_fields ? our_vmcs_field_to_evmcs_1[index] : none;
}

static void compare_lookups(void)
{
	unsigned int encoding, vmcs12_fields = 0, evmcs_fields = 0;

	for (encoding = 0; encoding < 0x10000; encoding++) {
		unsigned short group = 0;
		int kernel = kernel_vmcs12_offset(encoding);
		int ours = our_vmcs12_offset(encoding);
		struct evmcs_field field = our_evmcs_field(encoding);

		if (kernel < 0)
			kernel = 0;
		vmcs12_fields += kernel != 0;
		if (kernel != ours)
			printf("difference,vmcs12 0x%04x,%d,%d\n", encoding, kernel, ours);

		kernel = kernel_evmcs_offset(encoding, &group);
		if (kernel < 0)
			kernel = 0;
		evmcs_fields += kernel != 0;
		if (kernel != field.offset)
			printf("difference,evmcs 0x%04x,%d,%u\n", encoding, kernel, field.offset);
		if (group != field.clean_field)
			printf("difference,evmcs group of 0x%04x,0x%04x,0x%04x\n", encoding, group,
			       field.clean_field);
	}
	printf("count,encodings,%u,%u\n", encoding, encoding);
	printf("count,vmcs12 fields,%u,\n", vmcs12_fields);
	printf("count,evmcs fields,%u,\n", evmcs_fields);
}

static void compare_tables(void)
{
	unsigned int i;

	printf("count,nr_vmcs12_fields,%u,%u\n", nr_vmcs12_fields, our_nr_vmcs12_fields);
	printf("count,nr_evmcs_1_fields,%u,%u\n", nr_evmcs_1_fields, our_nr_evmcs_1_fields);
	for (i = 0; i < nr_vmcs12_fields && i < our_nr_vmcs12_fields; i++)
		if (vmcs12_field_offsets[i] != our_vmcs12_field_offsets[i])
			printf("difference,vmcs12 [%u],%u,%u\n", i, vmcs12_field_offsets[i],
			       our_vmcs12_field_offsets[i]);
	for (i = 0; i < nr_evmcs_1_fields && i < our_nr_evmcs_1_fields; i++)
		if (vmcs_field_to_evmcs_1[i].offset != our_vmcs_field_to_evmcs_1[i].offset ||
		    vmcs_field_to_evmcs_1[i].clean_field !=
			    our_vmcs_field_to_evmcs_1[i].clean_field)
			printf("difference,evmcs [%u],%u 0x%04x,%u 0x%04x\n", i,
			       vmcs_field_to_evmcs_1[i].offset,
			       vmcs_field_to_evmcs_1[i].clean_field,
			       our_vmcs_field_to_evmcs_1[i].offset,
			       our_vmcs_field_to_evmcs_1[i].clean_field);
}

static void print_shadowed(const char *side, const struct shadowed *field)
{
	for (; field->access; field++)
		printf("shadowed,%s,%s 0x%04x,%u\n", side, field->access, field->encoding,
		       field->offset);
}

int main(void)
{
	puts("what,name,kernel,ours");
	kernel_prepare();
	compare_tables();
	compare_lookups();
	print_shadowed("kernel", kernel_shadowed);
	print_shadowed("ours", our_shadowed);
	return 0;
}
