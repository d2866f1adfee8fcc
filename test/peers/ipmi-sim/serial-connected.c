/*
 * For ipmi_sim's `loadlib`: it takes its serial channel for connected. Of its codecs only VM ever says so itself, and
 * the others answer nobody until then.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <OpenIPMI/serv.h>
#include <OpenIPMI/serserv.h>

enum { SERIAL_CHANNEL = 15 };

int ipmi_sim_module_print_version(sys_data_t *sys, char *options)
{
  (void)sys;
  (void)options;
  return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, const char *options)
{
  (void)sys;
  (void)options;
  return 0;
}

int ipmi_sim_module_post_init(sys_data_t *sys)
{
  channel_t *channel = sys->chan_set[SERIAL_CHANNEL];
  if (channel != NULL)
    ((serserv_data_t *)channel->chan_info)->connected = 1;
  return 0;
}
